package server

import enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"

// privacyService shows and erases what Enlist holds of one customer.
type privacyService struct {
	enlistv1.UnimplementedPrivacyServiceServer
}
