// What seats and staff may see of the state: pure, and without a place for an answer. The one door for those outside.

export * from './day-steps.js';
export * from './device-views.js';
export * from './seat-map.js';
export * from './seat-view.js';
export { forbidsRehearsal, takesSimulated } from './simulated-pcs.js';
export * from './staff-view.js';
export * from './video-views.js';
export { candidatesAtSeat, pairedSeat } from './whereabouts.js';
