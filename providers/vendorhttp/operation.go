package vendorhttp

// Operation is the kind of a vendor request, for metrics and traces. The set is small and closed.
type Operation string

// Kinds of vendor requests.
const (
	Create          Operation = "create"
	Get             Operation = "get"
	List            Operation = "list"
	ListContractors Operation = "list_contractors"
	ListProperties  Operation = "list_properties"
	SetProperty     Operation = "set_property"
	ListMessages    Operation = "list_messages"
	ExportCustomer  Operation = "export_customer"
	EraseCustomer   Operation = "erase_customer"
	Login           Operation = "login"
	Check           Operation = "check"
)
