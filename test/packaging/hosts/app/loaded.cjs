// Tells, when the process ends, what of OpenTelemetry it had loaded.
process.on('exit', () => {
  const loaded = Object.keys(require.cache).filter((file) => file.includes('@opentelemetry'));
  if (loaded.length > 0) console.log(`loaded ${loaded.length} files of OpenTelemetry`);
});
