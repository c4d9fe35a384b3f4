// The Rust SDK in both eras of the protocol, once registered and once by its document, by the program that rmcp.rs makes.
import { spoken } from './agents/spoken.mjs';
import { journeys } from './journeys.mjs';

const command = [process.env.TILLGATE_RMCP_CLIENT ?? 'rmcp_client'];
for (const [era, hasDocument] of [['2025-11-25', false], ['2026-07-28', true]]) {
    journeys(`Rust SDK, ${era}`, setting => spoken(command, setting), { era, name: `Journey Rust ${era.slice(0, 4)}`, hasDocument });
}
