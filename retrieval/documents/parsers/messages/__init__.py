"""What people send each other and note down: mail, appointments, addresses, and what is said in films."""

from . import calendars, contacts, mail, mailbox, subtitles

FORMATS = (
    mail.FORMAT,
    mailbox.FORMAT,
    calendars.FORMAT,
    contacts.FORMAT,
    subtitles.SRT,
    subtitles.VTT,
)
