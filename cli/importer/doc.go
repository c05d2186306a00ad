// Package importer creates a customer for each row of a file, through a running server, and knows
// no vendor. Only the command line imports it.
//
// The files, in the order in which a row passes them:
//
//	source.go    the rows of CSV, TSV and NDJSON (csv.go, ndjson.go)
//	mapping.go   the mapping file of a user
//	columns.go   which column goes to which path (path.go, value.go: how a request gets the value)
//	keys.go      the key of a row and its request_id
//	scan.go      one pass over the file before anything is sent
//	pace.go      how many requests run at a time
//	settle.go    one row until its outcome is known
//	results.go   the file of results, which a resumed import reads (rejects.go: the other file)
//	import.go    the whole import; check.go: the dry run
//
// # Never twice
//
// The request_id of a row is a hash of the provider, the id of the import, the row's key and a try
// number, which begins at 0. Nothing else decides it, so any later run makes the same one, also
// without the file of results. The server is the memory:
//
//	the server says                      then
//	created                              the row is done
//	refused for good                     the row is rejected, under the same try number
//	the request_id had other content     the operation is read:
//	  FAILED, NOT_SENT                     the next try number
//	  INTENT, UNKNOWN                      wait
//	  SUCCEEDED                            the row was changed since: it is rejected
//	  NEEDS_PERSON                         a person decides
//
// So the same row is refused again without a request to the vendor, and a corrected row is sent. A
// try number advances only past an operation that ended without a customer.
//
// # Memory
//
// Rows are streamed. What grows with their number is the set of keys: 20 bytes for a row of the
// file while it is read for the first time, and 26 bytes for a line in the file of results.
package importer
