// The head start of a watch page: while the program that makes the page interactive is still on its way, this opens the
// socket, takes the host's first offer and shows the picture. The program then takes over what is open here
// (`browser/head_start.rs`), and everything that may go wrong later is its business. Without this file it does it all.

const HELP_MS = 200; // An offer waits as long for the list of helping servers in the program, too.

const room = document.querySelector('article[data-on-air]');
const isFirstPage = performance.getEntriesByName('wrencos:hydrated').length === 0;
if (room && isFirstPage && navigator.onLine && 'RTCPeerConnection' in self) start(room.dataset.showId);

function start(show) {
  const socket = new WebSocket(`${location.origin.replace(/^http/, 'ws')}/ws`);
  const peerId = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
  // `texts`: what was heard and is not dealt with here. `offer`: who made it, its text, and what may be wished of the
  // picture; with it comes a connection.
  const sinceMs = performance.now();
  const early = { show, socket, sinceMs, peerId, texts: [], offer: null, connection: null, described: null, stream: null };
  self.wrencosHeadStart = early;
  const mark = (name) => performance.mark(`wrencos:${name}`);
  const say = (frame) => socket.readyState === WebSocket.OPEN && socket.send(JSON.stringify(frame));
  const help = helpers();

  socket.onopen = () => {
    mark('socket-open');
    say({ type: 'register', streamId: show });
    say({ type: 'webrtc_register', peerId, userType: 'customer' });
  };
  socket.onmessage = ({ data }) => {
    const frame = JSON.parse(data);
    const isOurs = frame.to === peerId;
    if (isOurs && frame.type === 'webrtc_offer' && !early.offer) {
      mark('offer');
      early.offer = { from: frame.from, sdp: frame.offer.sdp, qualities: frame.qualities };
      const connection = (early.connection = connect());
      // Once the offer is set, candidates can be added. Refused where the program has closed the connection meanwhile.
      early.described = help.then((iceServers) => {
        connection.setConfiguration({ ...connection.getConfiguration(), iceServers });
        return connection.setRemoteDescription(frame.offer);
      });
      early.described.then(() => answer(connection)).catch(() => {});
    } else if (isOurs && frame.type === 'webrtc_ice_candidate' && frame.from === early.offer?.from) {
      early.described.then(() => frame.candidate && early.connection.addIceCandidate(frame.candidate)).catch(() => {});
    } else {
      early.texts.push(data);
    }
  };

  const answer = async (connection) => {
    const made = await connection.createAnswer();
    await connection.setLocalDescription(made);
    say({ type: 'webrtc_answer', to: early.offer.from, answer: { type: made.type, sdp: made.sdp } });
  };
  const connect = () => {
    const connection = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
    connection.onicecandidate = ({ candidate }) => {
      if (candidate?.candidate) say({ type: 'webrtc_ice_candidate', to: early.offer.from, candidate });
    };
    connection.onconnectionstatechange = () => connection.connectionState === 'connected' && mark('connected');
    connection.ontrack = ({ streams: [stream] }) => {
      if (stream && stream !== early.stream) play(stream);
      early.stream = stream;
    };
    return connection;
  };
}

function play(stream) {
  const video = room.querySelector('video');
  video.srcObject = stream;
  // Without sound, which is always allowed; where it is not, the program asks for a tap.
  video.play().catch(() => {});
  video.requestVideoFrameCallback?.(() => {
    performance.mark('wrencos:first-frame');
    // What the server wrote over the picture: that it is on its way.
    const veil = room.querySelector('[data-testid="veil"]');
    if (veil) veil.hidden = true;
  });
}

// What helps two browsers to find a path; a list that is slower than this is not worth a late picture.
function helpers() {
  const asked = fetch('/ice-servers').then(async (response) => (response.ok ? (await response.json()).iceServers : []));
  return Promise.race([asked.catch(() => []), new Promise((done) => setTimeout(done, HELP_MS, []))]);
}
