// A clock for a program of its own, which a test moves on. Timers of the program go on as they do.

import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const SYSTEM = '/usr/lib';

/** What a program must be told to have this clock, and what sets it: to so many minutes from now. */
export function clock(folder) {
    const file = join(folder, 'clock');
    const library = readdirSync(SYSTEM).map(name => join(SYSTEM, name, 'faketime/libfaketime.so.1')).find(existsSync);
    if (!library) throw new Error('libfaketime is missing: tests/run installs it');
    const set = minutes => writeFileSync(file, `+${minutes}m\n`);
    set(0);
    return {
        settings: {
            LD_PRELOAD: library,
            FAKETIME_TIMESTAMP_FILE: file,
            FAKETIME_NO_CACHE: '1',
            FAKETIME_DONT_FAKE_MONOTONIC: '1'
        },
        set
    };
}
