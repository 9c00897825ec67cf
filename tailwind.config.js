// The brand: colours, fonts and the two themes of WrenCOS. Tailwind reads this through `@config` in style/tailwind.css.
// Every colour is a CSS variable, so that a page follows the light or dark preference without a second set of classes.
// Text on its ground keeps a contrast of at least 4.5:1 in both themes.

const light = {
  ground: '#fcf7f2',
  surface: '#ffffff',
  sunken: '#f5ebe2',
  line: '#e6d6c9',
  'line-strong': '#8d7568',
  ink: '#2b1b17',
  muted: '#6b534a',
  accent: '#a3304a',
  'accent-strong': '#83213a',
  'accent-soft': '#fbe6e6',
  'on-accent': '#fff8f5',
  live: '#c21f3a',
  'on-live': '#ffffff',
  good: '#226144',
  'good-soft': '#e2f2e8',
  warn: '#7a4a00',
  'warn-soft': '#fdefd3',
  bad: '#9c1c22',
  'bad-soft': '#fde5e2',
};

const dark = {
  ground: '#17100e',
  surface: '#211816',
  sunken: '#0f0a09',
  line: '#40302a',
  'line-strong': '#a08a7e',
  ink: '#f8ede6',
  muted: '#c9b3a7',
  accent: '#f39cab',
  'accent-strong': '#ffc0ca',
  'accent-soft': '#45202a',
  'on-accent': '#3a0c18',
  live: '#d93350',
  'on-live': '#ffffff',
  good: '#8fdcb2',
  'good-soft': '#14352a',
  warn: '#f6c777',
  'warn-soft': '#3d2b0c',
  bad: '#ffaaa3',
  'bad-soft': '#4a1b1b',
};

const variables = (palette) => Object.fromEntries(Object.entries(palette).map(([name, value]) => [`--wren-${name}`, value]));
const colors = Object.fromEntries(Object.keys(light).map((name) => [name, `var(--wren-${name})`]));

export default {
  theme: {
    extend: {
      colors,
      fontFamily: {
        sans: ['system-ui', '-apple-system', '"Segoe UI"', 'Roboto', '"Noto Sans"', '"Helvetica Neue"', 'sans-serif'],
        display: ['"Iowan Old Style"', '"Palatino Linotype"', 'Palatino', '"Book Antiqua"', 'Georgia', 'serif'],
      },
      borderRadius: { card: '1.25rem', field: '0.75rem' },
      boxShadow: { card: '0 1px 2px rgb(43 27 23 / 0.06), 0 8px 24px -12px rgb(43 27 23 / 0.18)' },
    },
  },
  plugins: [
    ({ addBase }) =>
      addBase({
        ':root': { ...variables(light), 'color-scheme': 'light' },
        '@media (prefers-color-scheme: dark)': { ':root': { ...variables(dark), 'color-scheme': 'dark' } },
        // A stage is dark in both themes: pictures are judged against the dark.
        '.stage': { ...variables(dark), 'color-scheme': 'dark' },
        '@media (max-width: 1023.98px)': { '.stage-on-phone': { ...variables(dark), 'color-scheme': 'dark' } },
      }),
  ],
};
