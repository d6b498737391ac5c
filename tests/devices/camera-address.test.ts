// A login stands in an address so that the address stays one, and in no text that anybody reads.

import fc from 'fast-check';
import t from 'tap';
import { maskCredentials, withCredentials } from '../../server/devices/camera-address.js';

const URL_PLAIN = 'rtsp://10.0.0.21:554/cam/realmonitor?channel=1&subtype=0';
const user = fc.string({ minLength: 1, maxLength: 20 }).filter((one) => !one.includes(':'));

void t.test(
  'whatever a name and a password contain, the camera gets them back and the address stays',
  (t) => {
    fc.assert(
      fc.property(user, fc.string({ unit: 'grapheme', maxLength: 40 }), (name, password) => {
        const url = new URL(withCredentials(URL_PLAIN, { user: name, password }));
        t.equal(decodeURIComponent(url.username), name);
        t.equal(decodeURIComponent(url.password), password);
        return (
          url.host === '10.0.0.21:554' && url.pathname + url.search === '/cam/realmonitor?channel=1&subtype=0'
        );
      }),
    );
    t.end();
  },
);

void t.test('half a character does not end the server', (t) => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (password) => {
      withCredentials(URL_PLAIN, { user: 'a', password: `${password}\ud800` });
    }),
  );
  t.end();
});

void t.test('no text keeps a login, whatever it is and wherever the address stands', (t) => {
  // A password that is part of the rest by chance proves nothing.
  const secret = fc
    .string({ minLength: 4, maxLength: 30 })
    .filter((one) => !`before ${URL_PLAIN} after ***`.includes(one));
  fc.assert(
    fc.property(secret, secret, (name, password) => {
      const login = { user: `u${name.replaceAll(':', '')}`, password: `p${password}` };
      const url = withCredentials(URL_PLAIN, login);
      const masked = maskCredentials(`before ${url} after, [rtsp @ 0x5] ${url}: 401 Unauthorized`);
      const [, , rest = ''] = url.split('/');
      const [put = ''] = rest.split('@');
      return (
        !masked.includes(put) && masked.includes('10.0.0.21:554/cam') && !masked.includes(login.password)
      );
    }),
  );
  t.equal(
    maskCredentials('rtsp://a:b@h/x and rtsp://admin:p@ss@10.0.0.9:554/y?user=admin&password=12345&ch=1'),
    'rtsp://***@h/x and rtsp://***@10.0.0.9:554/y?user=***&password=***&ch=1',
  );
  t.equal(
    maskCredentials('rtsp://h/user=admin_password=tlJw_channel=1.sdp'),
    'rtsp://h/user=***_password=***_channel=1.sdp',
  );
  t.end();
});

void t.test('a login that stood in an address is replaced, and none is left where none is wanted', (t) => {
  t.equal(withCredentials('rtsp://old:one@h:5/x@y', null), 'rtsp://h:5/x@y');
  t.equal(
    withCredentials('rtsp://old:one@h/x', { user: 'a', password: "b'(c)!*" }),
    'rtsp://a:b%27%28c%29%21%2A@h/x',
  );
  t.equal(withCredentials('no address', null), 'no address');
  t.end();
});
