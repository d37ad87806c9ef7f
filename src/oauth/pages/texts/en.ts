import { SCOPES } from '../../../auth/scopes.js';
import type { Texts } from './texts.js';

export const EN: Texts = {
  language: 'en',
  error: 'Error',
  signIn: {
    title: 'Sign in',
    lead: 'to continue to {client}',
    usernameLabel: 'Username',
    passwordLabel: 'Password',
    button: 'Sign in',
    faults: {
      wrong: 'The username or the password is wrong.',
      tooManyOneMinute: 'Too many attempts. Try again in a minute.',
      tooMany: 'Too many attempts. Try again in {minutes} minutes.',
      busy: 'Too many people are signing in just now. Try again in a moment.',
      usernameIsMissing: 'Enter your username.',
      passwordIsMissing: 'Enter your password.',
    },
  },
  consent: {
    title: '{client} asks for access',
    account: 'You are signed in as {user}.',
    asks: 'If you allow it, {client} may:',
    asksNothing: 'If you allow it, {client} learns that you have an account here, and no more.',
    isNew: 'new',
    leadsTo: 'Your answer leads you to {host}.',
    approve: 'Allow',
    deny: 'Deny',
    switch: 'Use another account',
  },
  signOut: {
    title: 'Sign out?',
    account: 'You are signed in as {user}.',
    askedBy: '{client} asks whether you want to sign out here too.',
    button: 'Sign out',
    stay: 'To stay signed in, close this page.',
  },
  signedIn: {
    title: 'You are signed in',
    account: 'Your account: {user}',
    button: 'Sign out',
  },
  signedOut: {
    title: 'You are signed out',
    paragraphs: ['You can close this page.'],
  },
  failures: {
    unknown_client: {
      title: 'This app is not known here',
      paragraphs: [
        'You were sent here by an app that is not registered, or that was turned off. Nothing was passed on to it.',
        'Go back to the app and try again. If this page returns, tell whoever runs the app: its client_id is not known here.',
      ],
    },
    redirect_uri: {
      title: 'This app asks to be answered at an unknown address',
      paragraphs: [
        'The address to which the app wants you to return is not among those registered for it. To be safe, nothing was passed on to it.',
        'Go back to the app and try again. If this page returns, tell whoever runs the app: its redirect_uri is not the one that is registered.',
      ],
    },
    unreadable: {
      title: 'This request cannot be read',
      paragraphs: [
        'Its address or its form is broken. Nothing was changed, and nothing was passed on.',
        'Go back to the app you came from, and begin again. If this page returns, tell whoever runs the app what stands below.',
      ],
    },
    expired: {
      title: 'This took too long',
      paragraphs: [
        'The request to sign in is no longer valid: it is too old, or a part of it is missing.',
        'Go back to the app you came from, and sign in again from there.',
      ],
    },
    foreign_form: {
      title: 'This form cannot be accepted',
      paragraphs: [
        'It did not come from a page of this service in this browser, or the browser has no cookies of it any more. Nothing was changed.',
        'Allow cookies for this service, go back to the app you came from, and begin again.',
      ],
    },
    sign_out: {
      title: 'You are not signed out',
      paragraphs: [
        'The app that sent you here is not known, or the address to which it wants you to return is not among those registered for it. Nothing was changed.',
        'To sign out of this service, open its sign-in page. If this page returns, tell whoever runs the app: its client_id and its post_logout_redirect_uri have to be registered.',
      ],
    },
  },
  scopes: Object.fromEntries(Object.entries(SCOPES).map(([name, { text }]) => [name, text])),
};
