package engine

import (
	"net/http"
	"time"
)

// serveFault carries out as much of the request as the fault leaves, and responds as the fault
// says. A caller that hangs up in the meantime changes nothing: the vendor goes on, as real ones
// do.
func (e *Engine) serveFault(w http.ResponseWriter, c *Call, v *API, endpoint Endpoint, fault Fault) {
	if fault.Kind == Latency || !fault.Kind.works() {
		time.Sleep(fault.delay())
	}
	var result Response
	switch fault.Kind {
	case DropBefore:
		closeConnection()
	case Status500:
		v.Failure(c).Write(w)
		return
	case Status429:
		v.Throttled(c).With("Retry-After", "1").Write(w)
		return
	case RefusedWith500:
		endpoint.Refusal(c).Write(w)
		return
	case RepeatedByProxy:
		result = e.doTwice(c, endpoint)
	default:
		c.Refused = fault.Kind == ExpiredCredentials
		c.Normalised, c.Form = fault.Kind == NormalisedKey, fault.Form
		result = e.do(c, endpoint)
	}
	if fault.Kind != Latency {
		time.Sleep(fault.delay())
	}
	switch fault.Kind {
	case DropAfter:
		closeConnection()
	case Truncated:
		result.writeTruncated(w)
		return
	case Malformed:
		result.Status = http.StatusOK
		result.Body = []byte("{\"status\": \"SUCCESS\", \"id\": \n<html>")
	case ErrorButCreated:
		result = v.Apology(c)
	case OddRow:
		result = endpoint.withOddRow(c, result, fault.use)
	case OtherTypes:
		result = endpoint.JSON.withOtherTypes(result, fault.use)
	case ByteOrderMark:
		result = result.withByteOrderMark()
	}
	result.Write(w)
}
