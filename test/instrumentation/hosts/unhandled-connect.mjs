// A connection that cannot be made, and nobody who handles that.
import pg from 'pg';

void new pg.Pool({ host: '127.0.0.1', port: 1 }).connect();
