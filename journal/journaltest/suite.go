package journaltest

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/enlist-dev/enlist/journal"
)

// Harness tells the suite what it must know about a kind of store.
type Harness struct {
	// New creates an empty database. The test removes it when it ends.
	New func(t *testing.T) Database
	// Shared reports whether several stores can have a database open at once. If not, a second Open
	// must fail with journal.ErrInUse.
	Shared bool
}

// Database is one database, for one test.
type Database interface {
	// Open opens a store on the database, and migrates the database if needed. The suite closes the
	// store.
	Open(ctx context.Context) (journal.Store, error)
	// Look reports what is in the database, and changes nothing.
	Look(ctx context.Context) (*journal.Peek, error)
	// SetCreated changes when a row was inserted. It bypasses the stores that have the database
	// open.
	SetCreated(t *testing.T, requestID uuid.UUID, created time.Time)
	// SetUpdated makes a row look as if it was last written at another time.
	SetUpdated(t *testing.T, requestID uuid.UUID, updated time.Time)
	// MakeNewer raises the schema version by one, as a newer version of Enlist does, and returns the
	// version before. A store may have the database open.
	MakeNewer(t *testing.T) (newest int64)
}

// Run runs the suite.
func Run(t *testing.T, harness Harness) {
	t.Helper()
	cases := []struct {
		name string
		run  func(*testing.T, *fixture)
	}{
		{"InsertAndGet", insertAndGet},
		{"InsertTakenKey", insertTakenKey},
		{"KeysDoNotRunTogether", keysDoNotRunTogether},
		{"EveryFieldIsKept", everyFieldIsKept},
		{"Update", update},
		{"UpdateStaleVersion", updateStaleVersion},
		{"UpdateGone", updateGone},
		{"UpdateRace", updateRace},
		{"InsertRace", insertRace},

		{"ExclusiveWhileOpen", exclusiveWhileOpen},
		{"ExclusiveRace", exclusiveRace},
		{"ExclusiveIsTakenMeanwhile", exclusiveIsTakenMeanwhile},
		{"FindCustomer", findCustomer},

		{"ClaimDue", claimDue},
		{"ClaimLimit", claimLimit},
		{"ClaimOfDeadOwner", claimOfDeadOwner},
		{"ClaimOfClosedOwner", claimOfClosedOwner},
		{"ClaimLeavesTheLiving", claimLeavesTheLiving},
		{"ClaimRace", claimRace},
		{"Owned", owned},
		{"Take", take},
		{"TakeLeavesTheLiving", takeLeavesTheLiving},
		{"TakeRace", takeRace},
		{"Count", count},

		{"ListFilters", listFilters},
		{"ListStates", listStates},
		{"ListHashes", listHashes},
		{"ListPages", listPages},
		{"ListSameInstant", listSameInstant},
		{"ListOfManyPairs", listManyPairs},
		{"ListWhileInserting", listWhileInserting},

		{"PurgeAge", purgeAge},
		{"PurgePayload", purgePayload},
		{"PurgeLimit", purgeLimit},
		{"PurgeStates", purgeStates},

		{"Erase", erase},
		{"EraseConflict", eraseConflict},

		{"KeyIDs", keyIDs},
		{"SealedWith", sealedWith},
		{"Reseal", reseal},
		{"Secret", secret},
		{"SecretRace", secretRace},
		{"ReplaceSecret", replaceSecret},

		{"Look", look},
		{"LookAtNewer", lookAtNewer},
		{"LookAtNewerCompatible", lookAtNewerCompatible},

		{"Reopen", reopen},
		{"OpenTwice", openTwice},
		{"MigrateTwiceAtOnce", migrateTwiceAtOnce},
		{"NewerDatabase", newerDatabase},
		{"NewerCompatibleDatabase", newerCompatibleDatabase},
		{"NewerIncompatibleDatabase", newerIncompatibleDatabase},
		{"ManyWriters", manyWriters},
		{"ContextOver", contextOver},
		{"Closed", closed},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.run(t, &fixture{Harness: harness, database: harness.New(t)})
		})
	}
}
