/* global SwaggerUIBundle */
/** The ways to sign in, each told apart by words; the scheme of the document has one text for all of them. */
const FORMS = {
  authorizationCode: {
    title: 'In a browser',
    text: 'Sign in on a page of this server, in a window of its own. This page never sees your password. With no scope ticked you get the usual ones.',
    configs: { clientId: 'hallpass-docs', usePkceWithAuthorizationCodeGrant: true },
  },
  password: {
    title: 'By username and password',
    text: 'For the applications of this server itself. Leave client_id and client_secret empty. With no scope ticked you get the usual ones.',
    configs: {}, // a client_id here would go out with an empty secret, in place of no client at all
  },
  clientCredentials: {
    title: 'As a machine',
    text: 'For a confidential client that acts for itself: its client_id and its client_secret.',
    configs: {},
  },
};
const [FIRST] = Object.keys(FORMS);

SwaggerUIBundle({
  url: 'openapi.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  displayRequestDuration: true,
  defaultModelsExpandDepth: 0,
  // Beside this page, behind whatever path prefix it has, and without its query.
  oauth2RedirectUrl: new URL('oauth2-redirect.html', location.href).href,
  validatorUrl: null, // else it asks validator.swagger.io to look at the document
  plugins: [keepFlowsApart],
});

/**
 * Swagger UI keeps what it knows of a sign-in by its scheme, and shows it under each flow of it: "Authorized"
 * under those that were not used, and the error of one under all. Here each flow has its own, as it has its
 * own words and its own client, and the others leave once one is signed in.
 */
function keepFlowsApart({ React }) {
  const Section = sectionOf(React);
  let tried;
  return {
    statePlugins: {
      auth: {
        wrapActions: {
          authorizeRequest: (original) => (request) => {
            tried = request.auth.schema.get('flow');
            return original(request);
          },
          authPopup: (original) => (url, request) => {
            tried = request.auth.schema.get('flow'); // a window that comes back with an error sends no request
            return original(url, request);
          },
        },
      },
    },
    wrapComponents: {
      oauth2: (Original, system) => (props) => {
        const flow = props.schema.get('flow');
        const signedIn = system.authSelectors.authorized().getIn([props.name, 'schema', 'flow']);
        if (signedIn && signedIn !== flow) return null;
        const { title, text, configs } = FORMS[flow];
        const noErrors = { allErrors: () => props.errSelectors.allErrors().clear() };
        const errSelectors = flow === tried ? props.errSelectors : noErrors;
        const authSelectors = { ...props.authSelectors, getConfigs: () => configs };
        const schema = props.schema.set('description', text);
        const form = { ...props, schema, errSelectors, authSelectors };
        return React.createElement(
          Section,
          { title, first: flow === FIRST },
          React.createElement(Original, form),
        );
      },
    },
  };
}

/** Swagger UI puts the cursor into the username, which scrolls the form above it out of sight. */
function sectionOf({ createElement, useEffect, useRef }) {
  return ({ title, first, children }) => {
    const section = useRef(null);
    useEffect(() => {
      if (!first) return;
      section.current.querySelector('input, button').focus({ preventScroll: true });
      section.current.closest('.modal-ux-content').scrollTop = 0;
    }, [first]);
    const attributes = { ref: section, className: 'sign-in', 'aria-label': title };
    return createElement('section', attributes, createElement('h3', null, title), children);
  };
}
