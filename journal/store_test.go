package journal

import (
	"testing"

	"google.golang.org/protobuf/proto"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// A record is open exactly while Enlist acts next, as the contract says for each state.
func TestOpenWhileEnlistActsNext(t *testing.T) {
	for number, name := range enlistv1.OperationState_name {
		state := enlistv1.OperationState(number)
		value := state.Descriptor().Values().ByNumber(state.Number())
		actor, _ := proto.GetExtension(value.Options(), enlistv1.E_NextActor).(enlistv1.Actor)
		if want := actor == enlistv1.Actor_ACTOR_ENLIST; isOpen(state) != want {
			t.Errorf("%s is open: %t, and %s acts next", name, isOpen(state), actor)
		}
	}
}
