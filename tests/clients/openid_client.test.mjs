// `openid-client`, for plain OAuth 2.1.
import { openidClient } from './agents/openid_client.mjs';
import { journeys } from './journeys.mjs';

journeys('openid-client', openidClient, { era: '2025-11-25', name: 'Journey openid client', revokesItself: true, hasDocument: true });
