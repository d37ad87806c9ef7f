import type { Texts } from './texts.js';

export const DE: Texts = {
  language: 'de',
  error: 'Fehler',
  signIn: {
    title: 'Anmelden',
    lead: 'um mit {client} fortzufahren',
    usernameLabel: 'Benutzername',
    passwordLabel: 'Passwort',
    button: 'Anmelden',
    faults: {
      wrong: 'Der Benutzername oder das Passwort ist falsch.',
      tooManyOneMinute: 'Zu viele Versuche. Bitte versuchen Sie es in einer Minute noch einmal.',
      tooMany: 'Zu viele Versuche. Bitte versuchen Sie es in {minutes} Minuten noch einmal.',
      busy: 'Gerade melden sich sehr viele an. Bitte versuchen Sie es gleich noch einmal.',
      usernameIsMissing: 'Bitte geben Sie Ihren Benutzernamen ein.',
      passwordIsMissing: 'Bitte geben Sie Ihr Passwort ein.',
    },
  },
  consent: {
    title: '{client} bittet um Zugriff',
    account: 'Sie sind als {user} angemeldet.',
    asks: 'Wenn Sie zustimmen, darf {client}:',
    asksNothing:
      'Wenn Sie zustimmen, erfährt {client}, dass Sie hier ein Konto haben, und sonst nichts.',
    isNew: 'neu',
    leadsTo: 'Ihre Antwort führt Sie zu {host}.',
    approve: 'Zustimmen',
    deny: 'Ablehnen',
    switch: 'Anderes Konto verwenden',
  },
  signOut: {
    title: 'Abmelden?',
    account: 'Sie sind als {user} angemeldet.',
    askedBy: '{client} fragt, ob Sie sich auch hier abmelden möchten.',
    button: 'Abmelden',
    stay: 'Wenn Sie angemeldet bleiben möchten, schließen Sie diese Seite.',
  },
  signedIn: {
    title: 'Sie sind angemeldet',
    account: 'Ihr Konto: {user}',
    button: 'Abmelden',
  },
  signedOut: {
    title: 'Sie sind abgemeldet',
    paragraphs: ['Sie können diese Seite schließen.'],
  },
  failures: {
    unknown_client: {
      title: 'Diese App ist hier nicht bekannt',
      paragraphs: [
        'Die App, von der Sie kommen, ist nicht registriert oder wurde abgeschaltet. Es wurde nichts an sie weitergegeben.',
        'Gehen Sie zurück zur App und versuchen Sie es noch einmal. Erscheint diese Seite wieder, wenden Sie sich an den Betreiber der App: Ihre client_id ist hier nicht bekannt.',
      ],
    },
    redirect_uri: {
      title: 'Die Antwort soll an eine unbekannte Adresse gehen',
      paragraphs: [
        'Die Adresse, zu der die App Sie zurückführen will, ist für sie nicht registriert. Zur Sicherheit wurde nichts an sie weitergegeben.',
        'Gehen Sie zurück zur App und versuchen Sie es noch einmal. Erscheint diese Seite wieder, wenden Sie sich an den Betreiber der App: Die redirect_uri stimmt mit keiner registrierten überein.',
      ],
    },
    unreadable: {
      title: 'Diese Anfrage ist nicht lesbar',
      paragraphs: [
        'Ihre Adresse oder ihr Formular ist fehlerhaft. Es wurde nichts geändert und nichts weitergegeben.',
        'Gehen Sie zurück zu der App, von der Sie kommen, und beginnen Sie noch einmal. Erscheint diese Seite wieder, so sagen Sie dem Betreiber der App, was unten steht.',
      ],
    },
    expired: {
      title: 'Das hat zu lange gedauert',
      paragraphs: [
        'Die Anfrage zur Anmeldung gilt nicht mehr: Sie ist zu alt, oder ein Teil davon fehlt.',
        'Gehen Sie zurück zu der App, von der Sie kommen, und melden Sie sich von dort aus noch einmal an.',
      ],
    },
    foreign_form: {
      title: 'Dieses Formular kann nicht angenommen werden',
      paragraphs: [
        'Es kam nicht von einer Seite dieses Dienstes in diesem Browser, oder der Browser hat dessen Cookies nicht mehr. Es wurde nichts geändert.',
        'Erlauben Sie Cookies für diesen Dienst, gehen Sie zurück zu der App, von der Sie kommen, und beginnen Sie noch einmal.',
      ],
    },
    sign_out: {
      title: 'Sie sind nicht abgemeldet',
      paragraphs: [
        'Die App, die Sie hierher geschickt hat, ist nicht bekannt, oder die Adresse, an die Sie zurückkehren sollen, ist nicht für sie registriert. Es wurde nichts geändert.',
        'Um sich bei diesem Dienst abzumelden, öffnen Sie seine Anmeldeseite. Erscheint diese Seite wieder, so sagen Sie es dem Betreiber der App: Ihre client_id und ihre post_logout_redirect_uri müssen registriert sein.',
      ],
    },
  },
  scopes: {
    openid: 'Sie mit Ihrem Konto hier anmelden',
    profile: 'Ihren Namen lesen',
    email: 'Ihre E-Mail-Adresse lesen',
    'items:read': 'Ihre Artikel lesen',
    'tasks:read': 'Ihre Aufgaben lesen',
    'tasks:write': 'Ihre Aufgaben anlegen, ändern und löschen',
    'users:read': 'Alle Konten lesen',
    'users:write': 'Konten anlegen, ändern und löschen',
    'clients:read': 'Alle Clients lesen',
    'clients:write': 'Clients anlegen, ändern und löschen',
    'audit:read': 'Das Audit-Protokoll lesen',
    'tokens:introspect': 'Tokens anderer Clients prüfen',
  },
};
