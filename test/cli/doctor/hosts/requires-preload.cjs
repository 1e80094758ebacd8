// A file that an application has preloaded, with what it sets up besides.
require('grants-otel/instrumentation');
