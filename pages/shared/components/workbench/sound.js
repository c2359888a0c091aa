// A short, soft tone, for who wishes to hear that a case is stored.

const HERTZ = 587; // D5
const SECONDS = 0.18;
const LOUDNESS = 0.06;

/** @type {AudioContext | null} */
let sounding = null;

/** A browser that has no sound stays silent. */
export function chime() {
  if (typeof AudioContext === "undefined") return;
  sounding ??= new AudioContext();
  const [tone, volume, now] = [sounding.createOscillator(), sounding.createGain(), sounding.currentTime];
  tone.frequency.value = HERTZ;
  volume.gain.setValueAtTime(LOUDNESS, now);
  volume.gain.exponentialRampToValueAtTime(0.0001, now + SECONDS);
  tone.connect(volume).connect(sounding.destination);
  tone.start(now);
  tone.stop(now + SECONDS);
}
