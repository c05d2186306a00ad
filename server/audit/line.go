package audit

// Line is one object of the stream. docs/operations.md describes the members.
type Line struct {
	Time        string   `json:"time"`
	RPC         string   `json:"rpc,omitempty"`
	Event       string   `json:"event,omitempty"`
	Principal   string   `json:"principal,omitempty"`
	OfPrincipal string   `json:"of_principal,omitempty"`
	Provider    string   `json:"provider,omitempty"`
	Customers   []string `json:"customers,omitempty"`
	RequestID   string   `json:"request_id,omitempty"`
	Flags       []string `json:"flags,omitempty"`
	Decision    string   `json:"decision,omitempty"`
	Outcome     string   `json:"outcome"`
	Code        string   `json:"code,omitempty"`
	Replayed    bool     `json:"replayed,omitempty"`
	Transport   string   `json:"transport,omitempty"`
	CallID      string   `json:"call_id,omitempty"`
}
