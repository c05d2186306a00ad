package journal

// Conditioned is a Store that knows whether its database works.
type Conditioned interface {
	// Condition returns why the database does not work, or nil if it does.
	Condition() error
	// Noticed tells the store that one of its methods returned an error.
	Noticed(error)
}

// Condition returns why the journal does not work, or nil if it does or cannot know. Readiness
// depends on it.
func (j *Journal) Condition() error {
	if j.conditioned == nil {
		return nil
	}
	return j.conditioned.Condition()
}
