// Gives attributes names that are not those of the table, in JavaScript, where nobody minds.
import { setEventAttributes, traceEvent, traceStep } from 'grants-otel';

traceEvent({ chainId: 10, contractName: 'S', eventName: 'Names' }, () => {
  setEventAttributes({ roundID: '7', isMine: true });
  traceStep({ name: 'InsertDonation', attributes: { application_id: '1', amount: '5' } }, () => {});
  traceStep({ name: 'InsertDonation', attributes: { application_id: '2', amounts: '5' } }, () => {});
});
