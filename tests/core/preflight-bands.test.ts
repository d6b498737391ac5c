// The figures by which the check of the room judges: the requirements, and a plan's own in their place.

import t from 'tap';
import {
  bandsInForce,
  CAMERA_BANDS,
  MACHINE_BANDS,
  PC_BANDS,
  UPS_BANDS,
} from '../../server/core/preflight-bands.js';

const USUAL = { server: MACHINE_BANDS, pcs: PC_BANDS, cameras: CAMERA_BANDS, ups: UPS_BANDS };

void t.test('[PF2] what a plan says stands in the place of a requirement, and of no other', async (t) => {
  t.same(bandsInForce(), { name: null, ...USUAL });
  t.same(bandsInForce({ name: '演示机' }), { name: '演示机', ...USUAL });
  const said = bandsInForce({ name: 'x', server: { cores: 2 }, pcs: { chrome: 109 } });
  t.same(said.server, { ...MACHINE_BANDS, cores: 2 });
  t.same(said.pcs, { ...PC_BANDS, chrome: 109 });
});
