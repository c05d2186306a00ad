// Package valomnia signs customers up at Valomnia, a field sales system.
//
// A customer is addressed by the caller's reference, which Valomnia keeps unique: a second create is refused with `not_unique`.
// That refusal is ON_EXISTING_FAIL; ON_EXISTING_ADOPT reads the reference first; there is no documented way to update.
//
// What to know of the vendor:
//   - What an unknown outcome has made is read by its reference, and told by its content and by dateCreated, which is believed to be within
//     ten minutes of our clock.
//   - A login is a form (Spring Security). Good or bad it answers with a session cookie and a redirect, and the address tells which:
//     /login/ajaxSuccess is then asked with the cookie whether the session is one. No redirect is ever followed: its address is
//     compared, and the next request goes to the configured server, so that neither password nor cookie reach another host.
//   - That a session has expired is assumed to show as 401, as the error `no_credentials`, or as a redirect to a page under /login;
//     each comes before anything is done, so a create is then sent again, once, with a new session.
//   - Requests are forms, and a create with a picture is multipart; answers are JSON. Everything is UTF-8, and says so.
//   - A customer has one name. A person's parts are joined when there is no display name and no company, and are not read back.
//   - An address has one street; lines are joined, and are not parted again when they are read.
//   - `not_found` at a create is about something the request refers to (currency, category, payment type, parent customer).
//   - Only 201 with an object that bears the reference of the request is a success. 200 or 202, or another reference, leaves the
//     outcome unknown: the page does not say what they would mean, and reading by reference tells what is there.
//   - A read by reference that finds nothing is assumed to be 404 with `not_found`. By Valomnia's own number a customer is read only as
//     `id:256`: who asks for a reference of digits must not be shown the customer that happens to have that number.
package valomnia
