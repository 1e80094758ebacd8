// An SDK of the application's own, which it sets up itself, with an instrumentation of http; and one request. Says which spans that made.
const { HttpInstrumentation } = require('@opentelemetry/instrumentation-http');
const { NodeSDK } = require('@opentelemetry/sdk-node');
const { InMemorySpanExporter, SimpleSpanProcessor } = require('@opentelemetry/sdk-trace-base');

const exporter = new InMemorySpanExporter();
new NodeSDK({
  instrumentations: [new HttpInstrumentation()],
  spanProcessors: [new SimpleSpanProcessor(exporter)],
}).start();
const http = require('node:http');

const server = http.createServer((_request, response) => response.end('answer'));
server.listen(0, '127.0.0.1', () => {
  http.get({ host: '127.0.0.1', port: server.address().port }, (response) => {
    response.resume().on('end', () => server.close(() => console.log(exporter.getFinishedSpans().length)));
  });
});
