package crashtest_test

import (
	"fmt"
	"testing"
	"time"
)

// TestForLong runs rounds of every kind again and again until -crash.duration is over, and makes
// the table.
func TestForLong(t *testing.T) {
	if *duration == 0 {
		t.Skip("-crash.duration is not set")
	}
	begun := time.Now()
	t.Run("rounds", func(t *testing.T) {
		kinds := kindsOfRound()
		for worker := range *parallel {
			t.Run(fmt.Sprint("worker", worker), func(t *testing.T) {
				t.Parallel()
				for i := worker; time.Since(begun) < *duration; i += *parallel {
					t.Run(fmt.Sprint(i), func(t *testing.T) { kinds[i%len(kinds)](t, chanceOf(fmt.Sprint("round ", i))) })
				}
			})
		}
	})
	for at, rounds := range results.neverReached() {
		t.Errorf("%s was never reached at %s in %d rounds: a step that does not fire tests nothing", at.point, at.vendor, rounds)
	}
	table := results.markdown(time.Since(begun))
	if t.Failed() {
		table = "**This run failed.** " + table
	}
	t.Log("\n" + table)
	if *tableFile != "" {
		publish(t, *tableFile, tableBegins, tableEnds, table)
	}
}

// kindsOfRound returns all kinds of round: every step at every vendor, rivals at every vendor, and
// any moment as often as there are vendors.
func kindsOfRound() []func(*testing.T, *chance) {
	var kinds []func(*testing.T, *chance)
	for _, v := range vendors() {
		for _, point := range crashPoints() {
			if point.unreachable[v.name] != "" {
				continue
			}
			kinds = append(kinds, func(t *testing.T, c *chance) {
				t.Helper()
				results.add(v.name, point.name, killAtStep(t, c, &point, &v))
			})
		}
		kinds = append(kinds, func(t *testing.T, c *chance) {
			t.Helper()
			results.add(v.name, amongRivals, rivals(t, c, &v))
		}, func(t *testing.T, c *chance) {
			t.Helper()
			results.add(allVendors, atAnyMoment, killAtAnyMoment(t, c))
		})
	}
	return append(kinds, outageKinds()...)
}
