package opencell

import (
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	opencellv1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/opencell/v1"
	"github.com/enlist-dev/enlist/providers/codes"
)

// addBilling maps the options for how and when Opencell bills the customer.
func addBilling(hierarchy *opencellv1.CrmAccountHierarchy, options *enlistv1.OpencellOptions) {
	hierarchy.DateStatus = codes.Date(options.GetCustomerAccountStatusDate())
	hierarchy.DateDunningLevel = codes.Date(options.GetDunningLevelDate())
	if code := options.GetLegalEntityType(); code != "" {
		hierarchy.LegalEntityType = &opencellv1.LegalEntityType{Code: code}
	}
	hierarchy.ParentCustomerCode = options.GetParentCustomerCode()
	hierarchy.DiscountPlanForInstantiation = discountPlans(options.GetDiscountPlansForInstantiation())
	hierarchy.DiscountPlanForTermination = options.GetDiscountPlansForTermination()
	hierarchy.PaymentTerms = options.GetPaymentTerms()
	hierarchy.TaxCategoryCode = options.GetTaxCategoryCode()
	hierarchy.Seller = options.GetSellerCode()
	if threshold := options.GetCustomerThreshold(); threshold != nil {
		hierarchy.CustomerInvoicingThreshold, hierarchy.CustomerThresholdPerEntity = threshold.Amount, threshold.PerEntity
		hierarchy.CustomerCheckThreshold = vendorCode(threshold.GetCheck())
	}
	if threshold := options.GetCustomerAccountThreshold(); threshold != nil {
		hierarchy.CustomerAccountInvoicingThreshold, hierarchy.CustomerAccountThresholdPerEntity = threshold.Amount, threshold.PerEntity
		hierarchy.CustomerAccountCheckThreshold = vendorCode(threshold.GetCheck())
	}
	if threshold := options.GetBillingAccountThreshold(); threshold != nil {
		hierarchy.InvoicingThreshold, hierarchy.ThresholdPerEntity = threshold.Amount, threshold.PerEntity
		hierarchy.CheckThreshold = vendorCode(threshold.GetCheck())
	}
	hierarchy.MinimumAmountEl = minimumAmounts(options.GetMinimumAmounts())
}

func discountPlans(plans []*enlistv1.OpencellDiscountPlan) []*opencellv1.DiscountPlan {
	sent := make([]*opencellv1.DiscountPlan, len(plans))
	for i, plan := range plans {
		sent[i] = &opencellv1.DiscountPlan{
			Code: plan.GetCode(), StartDate: codes.Date(plan.GetStartDate()), EndDate: codes.Date(plan.GetEndDate()),
			DefaultDuration: plan.DefaultDuration, DurationUnit: vendorCode(plan.GetDurationUnit()),
			CustomFields: customFields(nil, plan.GetCustomFields()),
		}
	}
	return sent
}

func minimumAmounts(amounts *enlistv1.OpencellMinimumAmounts) *opencellv1.MinimumAmounts {
	if amounts == nil {
		return nil
	}
	customer, account, billing, user := amounts.GetCustomer(), amounts.GetCustomerAccount(), amounts.GetBillingAccount(), amounts.GetUserAccount()
	return &opencellv1.MinimumAmounts{
		CustomerMinimumAmountEl: customer.GetAmountEl(), CustomerMinimumLabelEl: customer.GetLabelEl(),
		CustomerMinimumChargeTemplate: customer.GetChargeTemplate(), CustomerMinimumTargetAccount: customer.GetTargetAccount(),
		CustomerAccountMinimumAmountEl: account.GetAmountEl(), CustomerAccountMinimumLabelEl: account.GetLabelEl(),
		CustomerAccountMinimumChargeTemplate: account.GetChargeTemplate(), CustomerAccountMinimumTargetAccount: account.GetTargetAccount(),
		BillingAccountMinimumAmountEl: billing.GetAmountEl(), BillingAccountMinimumLabelEl: billing.GetLabelEl(),
		BillingAccountMinimumChargeTemplate: billing.GetChargeTemplate(),
		UserAccountMinimumAmountEl:          user.GetAmountEl(), UserAccountMinimumLabelEl: user.GetLabelEl(),
		UserAccountMinimumChargeTemplate: user.GetChargeTemplate(),
	}
}
