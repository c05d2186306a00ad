package opencell

// hierarchyForm is the account hierarchy as the server knows it. It is an assumption that the
// properties of payment methods and of custom fields are complete here.
func hierarchyForm(before2021 bool) map[string]property {
	text, flag, date, number := property{}, property{kind: aFlag}, property{kind: aDate}, property{kind: aNumber}
	text255 := property{limit: 255}
	oneOf := func(values ...string) property { return property{values: values} }
	object := func(fields map[string]property) property { return property{kind: anObject, fields: fields} }
	list := func(fields map[string]property) property { return property{kind: aList, fields: fields} }
	texts := func(names ...string) map[string]property {
		fields := map[string]property{}
		for _, name := range names {
			fields[name] = text
		}
		return fields
	}
	address := texts("address1", "address2", "address3", "address4", "address5", "zipCode", "city", "country", "state")
	contact := texts("email", "phone", "mobile", "fax")
	contact["address"] = object(address)
	bank := texts("bankCode", "branchCode", "accountNumber", "key", "iban", "bic", "accountOwner", "bankName",
		"bankId", "issuerNumber", "issuerName", "ics")

	method := texts("alias", "info1", "info2", "info3", "info4", "info5", "mandateIdentification", "cardNumber",
		"owner", "tokenId", "issueNumber", "userId", "email", "token3DsId")
	method["paymentMethodType"] = oneOf("CHECK", "DIRECTDEBIT", "WIRETRANSFER", "CARD", "PAYPAL", "STRIPE", "CASH")
	method["cardType"] = oneOf("AMERICAN_EXPRESS", "VISA", "MASTERCARD", "DISCOVER", "MAESTRO")
	method["preferred"], method["disabled"] = flag, flag
	method["monthExpiration"], method["yearExpiration"] = number, number
	method["mandateDate"] = date
	method["bankCoordinates"] = object(bank)

	custom := texts("code", "description", "fieldType", "languageDescriptions", "stringValue")
	custom["dateValue"], custom["booleanValue"] = property{kind: anything}, flag
	custom["longValue"], custom["doubleValue"] = number, number
	for _, name := range []string{"listValue", "mapValue", "entityReferenceValue", "value", "formattedValue"} {
		custom[name] = property{kind: anything}
	}

	form := texts("crmAccountType", "crmParentCode", "externalRef1", "externalRef2", "jobTitle", "vatNo",
		"registrationNo", "email", "language", "customerCategory", "customerBrand", "seller", "currency",
		"billingCycle", "country", "creditCategory", "mandateIdentification", "paymentTerms", "terminationReason",
		"emailTemplate", "ccedEmails", "taxCategoryCode")
	form["code"], form["description"] = text255, text255
	form["name"] = object(texts("title", "firstName", "lastName"))
	form["address"] = object(address)
	form["contactInformation"] = object(contact)
	form["bankCoordinates"] = object(bank)
	for _, name := range []string{"subscriptionDate", "terminationDate", "mandateDate", "nextInvoiceDate", "dateStatus", "dateDunningLevel"} {
		form[name] = date
	}
	form["electronicBilling"] = flag
	if !before2021 {
		form["isCompany"] = flag
	}
	form["paymentMethod"] = oneOf("CHECK", "DIRECTDEBIT", "WIRETRANSFER", "CARD", "PAYPAL", "STRIPE", "CASH")
	form["paymentMethods"] = list(method)
	form["mailingType"] = oneOf("AUTO", "MANUAL", "BATCH")
	form["caStatus"] = oneOf("ACTIVE", "CLOSE")
	form["baStatus"] = oneOf("ACTIVE", "CANCELED", "TERMINATED", "CLOSED")
	form["uaStatus"] = form["baStatus"]
	form["dunningLevel"] = oneOf("R0", "R1", "R2", "R3", "R4", "R5", "R6")
	for _, name := range []string{"invoicingThreshold", "customerInvoicingThreshold", "customerAccountInvoicingThreshold"} {
		form[name] = number
	}
	for _, name := range []string{
		"cfToAdd", "cfMapToAdd", "discountPlansForInstantiation", "discountPlansForTermination", "minimumAmountEl",
		"checkThreshold", "customerCheckThreshold", "customerAccountCheckThreshold",
		"thresholdPerEntity", "customerThresholdPerEntity", "customerAccountThresholdPerEntity",
	} {
		form[name] = property{kind: anything} // stored without a check
	}
	form["customFields"] = object(map[string]property{"customField": list(custom), "inheritedCustomField": list(custom)})
	return form
}
