// Package valomnia creates customers at Valomnia, a field sales system.
//
// The caller's reference identifies a customer. Valomnia keeps it unique, and refuses a second
// creation with `not_unique`. ON_EXISTING_FAIL reports that refusal. ON_EXISTING_ADOPT reads the
// reference first. No update is documented.
//
// Success:
//   - HTTP 201 with an object that has an id, and no reference other than the one sent. The rest of
//     the response does not matter. The reference may have another form. If it is missing or
//     unreadable, the reference that was sent counts. Members of another type become warnings.
//   - The same object at any other status, or with another reference, leaves the outcome unknown.
//     The page does not document it, and a read by reference shows the result.
//
// Refusal:
//   - One of Valomnia's codes at 4xx, except 401, 403, 408 and 429. It is final. `not_found` is
//     about an object that the request refers to (currency, category, payment type, parent
//     customer).
//   - One of the documented codes at 5xx, after a look-up that finds no customer of ours.
//   - `server_error` and any other body leave the outcome unknown.
//
// Refusals that an earlier copy of the request can cause:
//   - `not_unique`, for any value, and `save_failed`, which may hide a constraint. Absence confirms
//     these only after the vendor's lag.
//
// Comparison of keys:
//   - Valomnia may store a reference in another form. That form is the customer's id, and a warning
//     says so.
//   - Enlist reads a customer with nearly the same reference, but never adopts it. It is ours only
//     if its content equals what was sent and dateCreated is not before the send.
//
// Facts about the vendor:
//   - Enlist resolves an unknown outcome by reading the reference. It compares the content, and
//     dateCreated, which it assumes to be within ten minutes of our clock.
//   - A login is a form (Spring Security). Every response is a session cookie and a redirect, and
//     only the address of the redirect differs. Enlist then requests /login/ajaxSuccess with the
//     cookie to check the session. Enlist follows no redirect. It compares the address and sends
//     the next request to the configured server, so no other host gets the password or the cookie.
//   - Enlist assumes that an expired session shows as 401, as the error `no_credentials`, or as a
//     redirect to a page under /login.
//   - Requests are forms, and a creation with a picture is multipart. Responses are JSON.
//     Everything is declared as UTF-8.
//   - A customer has one name. Without a display name and a company, Enlist joins the parts of a
//     person's name. A read does not split them.
//   - An address has one street. Enlist joins the lines. A read does not split them.
//   - Enlist assumes that a read of an unknown reference gives 404 with `not_found`. It reads a
//     customer by Valomnia's own number only as `id:256`. A caller who requests a numeric reference
//     must not get the customer that happens to have that number.
//
// Only package registry imports it.
package valomnia
