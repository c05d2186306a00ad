package sandbox

import "github.com/enlist-dev/enlist/sandbox/engine"

// Fault is a fault on order: the body of POST /sandbox/faults.
type Fault = engine.Fault

// FaultKind is a way to fail.
type FaultKind = engine.FaultKind

// The kinds of fault. The constants of the package engine say what each does.
const (
	Latency            = engine.Latency
	Status500          = engine.Status500
	Status429          = engine.Status429
	DropBefore         = engine.DropBefore
	DropAfter          = engine.DropAfter
	Truncated          = engine.Truncated
	Malformed          = engine.Malformed
	ErrorButCreated    = engine.ErrorButCreated
	ExpiredCredentials = engine.ExpiredCredentials
	SlowLookup         = engine.SlowLookup
	NormalisedKey      = engine.NormalisedKey
	RepeatedByProxy    = engine.RepeatedByProxy
	RefusedWith500     = engine.RefusedWith500
	OddRow             = engine.OddRow
	OtherTypes         = engine.OtherTypes
	ByteOrderMark      = engine.ByteOrderMark
)

// KeyForm is a form in which a vendor stores a key: see [NormalisedKey].
type KeyForm = engine.KeyForm

// The forms of a key.
const (
	Upper         = engine.Upper
	Lower         = engine.Lower
	Trimmed       = engine.Trimmed
	Padded        = engine.Padded
	ZerosStripped = engine.ZerosStripped
	NFC           = engine.NFC
	Escaped       = engine.Escaped
	Cut           = engine.Cut
	Unaccented    = engine.Unaccented
)

// Record is a customer as GET /sandbox/records shows it.
type Record = engine.Record
