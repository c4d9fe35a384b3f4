// The TypeScript SDK 1.x, as far as it can go (see agents/typescript1.mjs).
import { typescript1 } from './agents/typescript1.mjs';
import { journeys } from './journeys.mjs';

journeys('TypeScript SDK 1.x', typescript1, { era: '2025-11-25', name: 'Journey TypeScript one', stepsUp: false });
