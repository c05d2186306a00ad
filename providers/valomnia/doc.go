// Package valomnia creates customers in Valomnia, a field sales system.
//
// A customer is addressed by the caller's reference, which Valomnia keeps unique: a second create is
// refused with `not_unique`. ON_EXISTING_FAIL reports that refusal. ON_EXISTING_ADOPT reads the
// reference first. There is no documented way to update.
//
// What proves a success:
//   - HTTP 201 with an object that has an id, and no reference other than the one that was sent.
//     Nothing else in the response can undo it. The reference may be in another form. One that is
//     missing or cannot be read is the one that was sent. Members of another type become warnings.
//   - The same object at any other status, or with another reference, leaves the outcome unknown: the
//     page does not say what it would mean, and a read by reference tells what is there.
//
// What is a refusal:
//   - One of Valomnia's codes at 4xx, but for 401, 403, 408 and 429. It stands. `not_found` is about
//     something that the request refers to (currency, category, payment type, parent customer).
//   - One of the documented codes at 5xx, once a look-up finds nothing of ours.
//   - `server_error` and any other body leave the outcome unknown.
//
// What an earlier copy of the request can cause:
//   - `not_unique`, whatever the value that is not unique, and `save_failed`, behind which a constraint
//     may stand. Absence confirms these only after the vendor's lag.
//
// How keys are compared:
//   - Valomnia may hold a reference in another form, which is then the customer's id, and a warning
//     says so.
//   - A customer under nearly the same reference is read, but never adopted, and is ours only if its
//     content is as it was sent and dateCreated is not before the send.
//
// What to know of the vendor:
//   - What an unknown outcome made is read by its reference, and told by its content and by
//     dateCreated, which is assumed to be within ten minutes of our clock.
//   - A login is a form (Spring Security). Good or bad, the response is a session cookie and a redirect,
//     and the address tells which: /login/ajaxSuccess is then asked with the cookie whether the session
//     is one. No redirect is ever followed: its address is compared, and the next request goes to the
//     configured server, so that neither password nor cookie reach another host.
//   - That a session has expired is assumed to show as 401, as the error `no_credentials`, or as a
//     redirect to a page under /login.
//   - Requests are forms, and a create with a picture is multipart. Responses are JSON. Everything is
//     UTF-8, and says so.
//   - A customer has one name. A person's parts are joined if there is no display name and no company,
//     and are not read back.
//   - An address has one street. Lines are joined, and are not parted again when they are read.
//   - A read by reference that finds nothing is assumed to be 404 with `not_found`. By Valomnia's own
//     number a customer is read only as `id:256`: who asks for a reference of digits must not be shown
//     the customer that happens to have that number.
//
// Only package registry imports it.
package valomnia
