// `mcp-remote`, between a program without OAuth and the store.
import { mcpRemote } from './agents/mcp_remote.mjs';
import { journeys } from './journeys.mjs';

journeys('mcp-remote', mcpRemote, { era: '2025-11-25', name: 'Journey mcp remote', hasDocument: true });
