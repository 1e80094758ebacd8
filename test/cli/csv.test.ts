import Papa from 'papaparse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { printCsv, toCsv } from '../../src/cli/output/csv.js';
import { SOME_TIME, slowEvent } from '../traces/otlp-spans.js';
import { runCli } from './run-cli.js';
import { createTraceFolder, event, linesFor, stepOf, type TraceFolder } from './trace-files.js';

let folder: TraceFolder;
beforeAll(() => {
  folder = createTraceFolder();
});
afterAll(() => folder.remove());

const AUDIT_SLOW =
  'timestamp,eventType,operation,duration,totalTime,blockNumber,transactionHash,chainId,roundId,applicationId,donorAddress,recipientAddress,amount,amountInUsd,uniqueDonorsCount,totalDonationsCount,details';
const AUDIT_SUMMARY = 'timestamp,eventName,slowCount,avgDuration,maxDuration,minDuration,chainId';

/** What another parser makes of it. */
function readBack(text: string): { fields: string[]; rows: Record<string, string>[] } {
  const { data, errors, meta } = Papa.parse<Record<string, string>>(text, {
    header: true,
    delimiter: ',',
    newline: '\r\n',
    skipEmptyLines: true,
  });
  expect(errors).toEqual([]);
  return { fields: meta.fields ?? [], rows: data };
}

describe('CSV', () => {
  it('quotes what has to be, ends lines with CR LF, and leaves out what is not known', () => {
    const columns = [
      { head: 'a', cell: (row: string[]) => row[0] },
      { head: 'b', cell: (row: string[]) => row[1] },
    ];
    expect(toCsv(columns, [['x,y', 'say "hi"'], ['two\nlines'], []])).toBe(
      'a,b\r\n"x,y","say ""hi"""\r\n"two\nlines",\r\n,\r\n',
    );
  });

  it.each(['=1+1', '+1', '-1', '@sum', '\tx', '\rx'])('defuses a cell that begins as %j', (text) => {
    const csv = toCsv([{ head: 'a', cell: (row: string) => row }], [text]);
    expect(readBack(csv).rows).toEqual([{ a: `'${text}` }]);
  });
});

describe('CSV on a terminal', () => {
  it('shows control characters instead of sending them', () => {
    const text = toCsv([{ head: 'a', cell: (row: string) => row }], ['x\u001b[31m']);
    const printed = (terminalColumns: number | undefined): string => {
      let all = '';
      const print = (part: string): void => {
        all += part;
      };
      printCsv(
        { print, terminalColumns, say: () => {}, interrupted: () => new AbortController().signal },
        text,
      );
      return all;
    };
    expect(printed(80)).toBe('a\r\nx\\u001b[31m\r\n');
    expect(printed(undefined)).toBe(text);
  });
});

describe('slow --format csv', () => {
  const donation = slowEvent({
    durationMs: 812.25,
    attributes: {
      blockNumber: 260,
      transactionHash: '0xaa',
      donorAddress: '0xd0',
      recipientAddress: '0x4e',
      tokenAddress: '0x70',
      amount: '8000000000000000',
      amountInUsd: '19.5',
      contractName: '=cmd()',
    },
  });
  const round = stepOf(donation, {
    name: 'IncrementRoundDonationStats',
    durationMs: 600.5,
    startUnixMs: SOME_TIME + 100,
    attributes: {
      slow: true,
      chainId: 42161,
      roundId: '27',
      uniqueDonorsCount: 64,
      totalDonationsCount: 70,
      totalAmountDonatedInUsd: '2742.9',
    },
  });
  const application = stepOf(donation, {
    name: 'IncrementApplicationDonationStats',
    attributes: { uniqueDonorsCount: 7, totalDonationsCount: 8 },
  });
  const lines = linesFor([round, application, donation]);

  it("has the audit's columns first, in its order, with what the whole trace says of the event", async () => {
    const { stdout, exitCode } = await runCli(['slow', folder.write('slow.jsonl', lines), '--format', 'csv']);
    expect(exitCode).toBe(0);
    expect(stdout.startsWith(`${AUDIT_SLOW},when,`)).toBe(true);
    const [row = {}, ...others] = readBack(stdout).rows;
    expect(others).toEqual([]);
    const { details = '', ...cells } = row;
    expect(JSON.parse(details)).toEqual({
      contractName: '=cmd()',
      tokenAddress: '0x70',
      totalAmountDonatedInUsd: '2742.9',
    });
    expect(cells).toEqual({
      timestamp: '2024-10-04T12:00:00.812Z',
      eventType: 'AllocatedWithOrigin',
      operation: 'Strategy.AllocatedWithOrigin',
      duration: '812.250',
      totalTime: '812.250',
      blockNumber: '260',
      transactionHash: '0xaa',
      chainId: '42161',
      roundId: '27',
      applicationId: '3',
      donorAddress: '0xd0',
      recipientAddress: '0x4e',
      amount: '8000000000000000',
      amountInUsd: '19.5',
      uniqueDonorsCount: '64',
      totalDonationsCount: '70',
      when: '2024-10-04T12:00:00.000Z',
      event: 'Strategy.AllocatedWithOrigin',
      thresholdMs: '500.000',
      cause: 'InsertDonation > pg.query:INSERT grants',
      causeMs: '609.000',
      causeSharePercent: '75.0',
      failed: 'false',
      traceId: donation.traceId,
      spanId: donation.spanId,
      traceUrl: '',
    });
  });

  it('has of a step its own counts and time, and what its event says; also from the standard input', async () => {
    const args = ['slow', '-', '--span', 'IncrementRoundDonationStats', '--format', 'csv'];
    const { stdout } = await runCli(args, { stdin: lines });
    expect(readBack(stdout).rows).toMatchObject([
      {
        timestamp: '2024-10-04T12:00:00.700Z',
        eventType: 'AllocatedWithOrigin',
        operation: 'IncrementRoundDonationStats',
        duration: '600.500',
        totalTime: '812.250',
        blockNumber: '260',
        donorAddress: '0xd0',
        uniqueDonorsCount: '64',
        totalDonationsCount: '70',
      },
    ]);
  });

  it('is a line of heads where nothing is slow', async () => {
    const { stdout, exitCode } = await runCli(['slow', '-', '--format', 'csv'], {
      stdin: linesFor([event()]),
    });
    expect(readBack(stdout).fields.slice(0, 17)).toEqual(AUDIT_SLOW.split(','));
    expect(exitCode).toBe(1);
  });
});

describe('summary --format csv', () => {
  it("has the audit's columns first, in its order", async () => {
    const spans = [10, 20, 45].map((durationMs) => event({ durationMs }));
    const { stdout } = await runCli(['summary', '-', '--format', 'csv'], {
      stdin: linesFor(spans, [slowEvent()]),
    });
    expect(stdout.startsWith(`${AUDIT_SUMMARY},event,`)).toBe(true);
    expect(readBack(stdout).rows).toEqual([
      {
        timestamp: '2024-10-04T12:00:00.812Z',
        eventName: 'AllocatedWithOrigin',
        slowCount: '1',
        avgDuration: '221.750',
        maxDuration: '812.000',
        minDuration: '10.000',
        chainId: '42161',
        event: 'Strategy.AllocatedWithOrigin',
        count: '4',
        errorCount: '0',
        p50Duration: '20.000',
        p95Duration: '812.000',
        p99Duration: '812.000',
        totalDuration: '887.000',
        readCount: '4',
        estimated: 'false',
        percentileErrorPercent: '0',
      },
    ]);
  });
});
