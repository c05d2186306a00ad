package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"time"
)

// serveVendor emulates what Enlist calls of Opencell: a login, a creation, and a look-up of a
// customer. It responds at once, always with the same content.
func serveVendor(ctx context.Context, address string) error {
	mux := http.NewServeMux()
	delay, _ := time.ParseDuration(os.Getenv(delayVariable))
	mux.HandleFunc("POST /auth/", func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		answer(w, `{"access_token":"token","expires_in":36000,"token_type":"Bearer"}`)
	})
	mux.HandleFunc("POST /opencell/", func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		time.Sleep(delay)
		answer(w, `{"message":"","status":"SUCCESS"}`)
	})
	mux.HandleFunc("GET /opencell/", func(w http.ResponseWriter, r *http.Request) {
		answer(w, strings.ReplaceAll(heldCustomer, "$CODE", r.URL.Query().Get("customerCode")))
	})
	return serveHTTP(ctx, address, mux)
}

func answer(w http.ResponseWriter, body string) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, body)
}

func serveHTTP(ctx context.Context, address string, handler http.Handler) error {
	var ports net.ListenConfig
	listener, err := ports.Listen(ctx, "tcp", address)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	defer context.AfterFunc(ctx, func() { _ = server.Close() })()
	if err := server.Serve(listener); err != http.ErrServerClosed {
		return err
	}
	return nil
}

// heldCustomer is Opencell's response to a look-up of a customer.
const heldCustomer = `{"actionStatus":{"status":"SUCCESS","message":""},"customer":{"code":"$CODE","description":"John Smith",` +
	`"name":{"title":"MR","firstName":"John","lastName":"Smith"},` +
	`"address":{"address1":"673 Eugene Points","zipCode":"92136","city":"New Taryn","country":"FR"},` +
	`"contactInformation":{"email":"qa@example.com","mobile":"+33123546789"},"customerCategory":"CLIENT","isCompany":false,"seller":"MAIN_SELLER",` +
	`"customerAccounts":{"customerAccount":[{"code":"$CODE","customer":"$CODE","currency":"EUR","language":"FRA","status":"ACTIVE",` +
	`"billingAccounts":{"billingAccount":[{"code":"$CODE","customerAccount":"$CODE","billingCycle":"BC_MONTHLY_1ST","country":"FR","language":"FRA",` +
	`"userAccounts":{"userAccount":[{"code":"$CODE","billingAccount":"$CODE"}]}}]}}]}}}`
