package vendorhttp

// Operation is what a call asks of a vendor, as metrics and traces name it. The set is small and
// closed.
type Operation string

// What is asked of vendors.
const (
	Create          Operation = "create"
	Get             Operation = "get"
	List            Operation = "list"
	ListContractors Operation = "list_contractors"
	ListProperties  Operation = "list_properties"
	SetProperty     Operation = "set_property"
	ListMessages    Operation = "list_messages"
	Login           Operation = "login"
	Check           Operation = "check"
)
