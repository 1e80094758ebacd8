// An application that registers an SDK of its own.
require('../../../instrumentation/hosts/own-sdk.cjs');
