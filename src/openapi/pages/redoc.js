/* global Redoc */
const theme = {
  spacing: { sectionVertical: 20 },
  colors: {
    primary: { main: '#3a48a8' },
    text: { primary: '#1f2430', secondary: '#4a5062' },
    http: {
      get: '#1e5fa8',
      post: '#1b7a46',
      put: '#9a5b00',
      patch: '#0d6e6e',
      delete: '#b3261e',
    },
  },
  typography: {
    fontFamily: 'sans-serif',
    fontSize: '15px',
    headings: { fontFamily: 'sans-serif', fontWeight: '600' },
    code: { color: '#1f2430', backgroundColor: '#eef0f6' },
    links: { color: '#3a48a8', visited: '#3a48a8' },
  },
  sidebar: { width: '250px', backgroundColor: '#f7f8fb' },
  rightPanel: { backgroundColor: '#1f2430' },
};

const options = {
  theme,
  disableSearch: true, // it starts a worker from a blob, which the page's policy forbids
  hideDownloadButtons: true, // the header has the link
  scrollYOffset: '.page-header',
};

show();

/** The document's own server is `.`, of which Redoc would make `http://host/./tasks`. */
async function show() {
  const answer = await fetch('openapi.json');
  const description = await answer.json();
  const url = new URL('.', location.href).href.replace(/\/$/, '');
  description.servers = [{ url, description: 'This server' }];
  Redoc.init(description, options, document.querySelector('#redoc'));
}
