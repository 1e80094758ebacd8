/** Of SQLSTATEs that are no matter of rows, the names of their conditions, as the appendix of PostgreSQL's manual has them. */
const CONDITIONS: Readonly<Record<string, string>> = {
  '08000': 'connection_exception',
  '08003': 'connection_does_not_exist',
  '08006': 'connection_failure',
  '25006': 'read_only_sql_transaction',
  '25P02': 'in_failed_sql_transaction',
  '25P03': 'idle_in_transaction_session_timeout',
  '28000': 'invalid_authorization_specification',
  '28P01': 'invalid_password',
  '3D000': 'invalid_catalog_name',
  '40001': 'serialization_failure',
  '40P01': 'deadlock_detected',
  '42501': 'insufficient_privilege',
  '42601': 'syntax_error',
  '42703': 'undefined_column',
  '42883': 'undefined_function',
  '42P01': 'undefined_table',
  '53100': 'disk_full',
  '53200': 'out_of_memory',
  '53300': 'too_many_connections',
  '55P03': 'lock_not_available',
  '57014': 'query_canceled',
  '57P01': 'admin_shutdown',
  '57P02': 'crash_shutdown',
  '57P03': 'cannot_connect_now',
};

/** A SQLSTATE as a span tells it, with the name of its condition where that is no matter of rows: `SQLSTATE 40P01 (deadlock_detected)`. */
export function sqlStateInWords(code: string): string {
  const condition = CONDITIONS[code];
  return condition === undefined ? `SQLSTATE ${code}` : `SQLSTATE ${code} (${condition})`;
}
