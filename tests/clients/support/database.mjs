// A database of its own for a demo that a test starts: PostgreSQL where the client tests run on it, else the demo's own file.

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** For the demo in `folder`: its setting, what runs a statement in it while no demo does, and what removes it. */
export function ownDatabase(what, folder) {
    const server = process.env.TEST_DATABASE_URL;
    if (!server) {
        const file = join(folder, 'data', 'tillgate.sqlite3');
        const program = 'import sqlite3, sys; db = sqlite3.connect(sys.argv[1]); print(db.execute(sys.argv[2]).rowcount); db.commit()';
        return {
            setting: {},
            change: statement => Number(execFileSync(process.env.TILLGATE_PYTHON, ['-c', program, file, statement])),
            remove() {}
        };
    }
    const name = `${what}_${process.pid}`;
    const tell = (command, database = server) => String(execFileSync('psql',
        ['--no-psqlrc', '--command', command, database], { stdio: ['ignore', 'pipe', 'inherit'] }));
    tell(`CREATE DATABASE ${name}`);
    const url = Object.assign(new URL(server), { pathname: `/${name}` });
    return {
        setting: { TILLGATE__DATABASE__URL: url.href },
        change: statement => Number(tell(statement, url.href).replace('UPDATE ', '')),
        remove: () => tell(`DROP DATABASE ${name} WITH (FORCE)`)
    };
}
