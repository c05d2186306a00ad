package providers

import (
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// Drift returns the fields in which the vendor's customer differs from what was written, in field
// order.
func (d *Description) Drift(written, held *enlistv1.Customer) []*enlistv1.FieldDrift {
	there := map[string]leaf{}
	all := leavesOfCustomer(held)
	for _, leaf := range all {
		there[leaf.path] = leaf
	}
	var drift []*enlistv1.FieldDrift
	wrote := map[string]bool{}
	for _, leaf := range leavesOfCustomer(written) {
		wrote[leaf.path] = true
		if now := there[leaf.path]; now.value != leaf.value && !isOutputOnly(leaf.path) {
			drift = append(drift, d.drift(leaf, now))
		}
	}
	for _, now := range all {
		if !wrote[now.path] && now.value != "" && !isOutputOnly(now.path) {
			drift = append(drift, &enlistv1.FieldDrift{Path: now.path, Kind: enlistv1.DriftKind_DRIFT_KIND_ADDED, Held: now.shown})
		}
	}
	return drift
}

func (d *Description) drift(written, held leaf) *enlistv1.FieldDrift {
	drift := &enlistv1.FieldDrift{Path: written.path, Kind: enlistv1.DriftKind_DRIFT_KIND_CHANGED, Written: written.shown, Held: held.shown}
	if held.value == "" {
		drift.Kind = enlistv1.DriftKind_DRIFT_KIND_NOT_RETURNED
	}
	if why, otherwise := d.ReadOtherwise[written.path]; otherwise {
		drift.Kind, drift.Note = enlistv1.DriftKind_DRIFT_KIND_OTHER_FORM, why
	}
	return drift
}
