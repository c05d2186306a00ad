package sandboxtest

// Operation sends one request of an operation, for a customer that exists. Creating is the
// exception: it needs an empty sandbox.
type Operation func(w *World, session []string) Reply

// Operations returns the operations of a vendor, by the names that faults use. Login at Valomnia is
// the page that follows the login.
func Operations(vendor string) map[string]Operation {
	get := func(path string) Operation {
		return func(w *World, session []string) Reply { return w.Send("GET", path, "", session...) }
	}
	caliq := func(path string) Operation {
		return func(w *World, _ []string) Reply {
			return w.Caliq(path, `{"apiKey":"`+w.Credentials.Caliq.APIKey+`"}`)
		}
	}
	avvio := func(operation string) Operation {
		return func(w *World, _ []string) Reply { return w.Avvio(map[string]any{"operation": operation}) }
	}
	return map[string]map[string]Operation{
		"opencell": {
			"login": func(w *World, _ []string) Reply {
				return w.Send("POST", OpencellTokenPath, w.OpencellForm(nil), "Content-Type", FormType)
			},
			"create": create(vendor),
			"get":    get(OpencellAPI + "customer?customerCode=CLASSIC-C00&includeCustomerAccounts=true"),
			"delete": func(w *World, session []string) Reply {
				return w.Send("DELETE", OpencellAPI+"customer/CLASSIC-C00", "", session...)
			},
			"export": get(OpencellAPI + "customer/exportCustomerHierarchy?customerCode=CLASSIC-C00"),
			"erase":  get(OpencellAPI + "customer/anonymizeGdpr?customerCode=CLASSIC-C00"),
		},
		"sell_and_sign": {
			"create":           create(vendor),
			"get":              get(SellAndSignRead + SellAndSignByNumber),
			"list_contractors": get(ContractorsRead + SellAndSignByNumber),
			"list_properties":  get(SellAndSignList + SellAndSignByNumber),
			"set_property": func(w *World, session []string) Reply {
				return w.Send("POST", SellAndSignSet+"&customer_number="+SellAndSignNumber+"&key=note&value=v&id=-1", "", session...)
			},
		},
		"valomnia": {
			"login":  get("/login/ajaxSuccess"),
			"create": create(vendor),
			"get":    get(ValomniaCustomers + "/reference/R-1"),
		},
		"caliq": {"create": create(vendor), "get": caliq(CaliqChange), "messages": caliq(CaliqMessage)},
		"avvio": {"create": create(vendor), "get": avvio("getAccounts"), "access": avvio("getSiteAccess")},
	}[vendor]
}

func create(vendor string) Operation {
	return func(w *World, session []string) Reply {
		w.Helper()
		for _, c := range Clients() {
			if c.Vendor == vendor {
				r, err := c.TryCreate(w, session)
				if err != nil {
					w.Fatal(err)
				}
				return r
			}
		}
		w.Fatalf("no vendor %s", vendor)
		return Reply{}
	}
}

// Prepare empties the sandbox, and creates the customer unless the operation is to create it.
func (w *World) Prepare(vendor, operation string, session []string) {
	w.Helper()
	w.Send("DELETE", "/sandbox/records", "")
	if operation != "create" {
		if r := create(vendor)(w, session); r.Status >= 300 {
			w.Fatalf("creating: %d %s", r.Status, r.Body)
		}
	}
}
