package providertest

import (
	"net/http"
	"time"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// proveMeaningless proves that a combination has no meaning, for the reason in the table.
func (c *cell) proveMeaningless(why string) {
	c.t.Helper()
	refused := func(operation string) bool {
		status, _ := c.fixture.order(operation, c.fault, time.Second)
		return status == http.StatusBadRequest
	}
	switch why {
	case "-a":
		if c.harness.IsLogin != nil || !refused("login") {
			c.t.Error("the vendor has a login")
		}
	case "-b":
		if faulty := c.faulty(); !refused(faulty) {
			c.t.Errorf("the sandbox takes %s for %s", c.fault, faulty)
		}
	case "-c":
		existing := map[string]enlistv1.OnExisting{
			"update": enlistv1.OnExisting_ON_EXISTING_UPDATE,
			"adopt":  enlistv1.OnExisting_ON_EXISTING_ADOPT, "adopted": enlistv1.OnExisting_ON_EXISTING_ADOPT,
		}[c.operation.name]
		c.request.OnExisting = existing
		if _, err := c.provider.Prepare(c.request); existing == 0 || !c.excludes(existing, err) {
			c.t.Errorf("the vendor takes %s", existing)
		}
	case "-d":
		if c.operation.name != "look" || c.prepare().LooksFirst() {
			c.t.Error("the vendor is asked before a creation")
		}
	case "-f":
		_, err := c.provider.Prepare(c.request)
		c.fails(err, enlistv1.ErrorReason_INVALID_FIELD)
	case "-e":
		if _, excluded := c.harness.Excluded[Duplicate]; c.operation.name != "taken" || !excluded {
			c.t.Error("the vendor has a key")
		}
	}
}
