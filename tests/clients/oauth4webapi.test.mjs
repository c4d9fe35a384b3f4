// `oauth4webapi`, whose readers of metadata and of tokens are the strictest of all.
import { oauth4webapi } from './agents/oauth4webapi.mjs';
import { journeys } from './journeys.mjs';

journeys('oauth4webapi', oauth4webapi, { era: '2025-11-25', name: 'Journey oauth4webapi', revokesItself: true });
