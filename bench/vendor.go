package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/enlist-dev/enlist/bench/byhand"
)

// delayVariable is the environment variable of the vendor with the duration of a creation.
const delayVariable = "BENCH_DELAY"

// victim begins the codes of the customers that the vendor counts. The others always exist.
const victim = "VICTIM-"

// vendor emulates what Enlist calls of Opencell: a login, a creation, and a look-up of a customer.
// It responds at once, always with the same content. It creates a customer again under the same
// code. So it shows who sends twice.
type vendor struct {
	delay time.Duration
	mutex sync.Mutex
	kills map[string]int // by code, the process to kill after the next creation
	held  map[string][]heldVictim
}

// heldVictim is one created customer.
type heldVictim struct {
	Code      string `json:"code"`
	Reference string `json:"externalRef1"`
}

func serveVendor(ctx context.Context, address string) error {
	v := &vendor{kills: map[string]int{}, held: map[string][]heldVictim{}}
	v.delay, _ = time.ParseDuration(os.Getenv(delayVariable))
	mux := http.NewServeMux()
	mux.HandleFunc("POST /auth/", func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		answer(w, `{"access_token":"token","expires_in":36000,"token_type":"Bearer"}`)
	})
	mux.HandleFunc("POST /opencell/", v.create)
	mux.HandleFunc("GET /opencell/", v.find)
	mux.HandleFunc("POST /kill", v.armKill)
	mux.HandleFunc("GET /customers", func(w http.ResponseWriter, r *http.Request) {
		answer(w, strconv.Itoa(len(v.customers(r.URL.Query().Get("code")))))
	})
	return byhand.ServeHTTP(ctx, address, mux)
}

func (v *vendor) create(w http.ResponseWriter, r *http.Request) {
	const success = `{"message":"","status":"SUCCESS"}`
	body, _ := io.ReadAll(r.Body)
	time.Sleep(v.delay)
	if !bytes.Contains(body, []byte(victim)) {
		answer(w, success)
		return
	}
	var made heldVictim
	_ = json.Unmarshal(body, &made)
	v.mutex.Lock()
	v.held[made.Code] = append(v.held[made.Code], made)
	process := v.kills[made.Code]
	delete(v.kills, made.Code)
	v.mutex.Unlock()
	if process == 0 {
		answer(w, success)
		return
	}
	// The process gets the response, and cannot act on it any more.
	stop(process)
	answer(w, success)
	_ = http.NewResponseController(w).Flush()
	time.Sleep(10 * time.Millisecond)
	_ = syscall.Kill(process, syscall.SIGKILL)
}

// stop stops a process, and returns when none of its threads runs.
func stop(process int) {
	_ = syscall.Kill(process, syscall.SIGSTOP)
	isStopped := func(thread string) bool {
		fields, err := statusIn(thread)
		return err != nil || fields[0] == "T"
	}
	for {
		threads, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*", process))
		if !slices.ContainsFunc(threads, func(thread string) bool { return !isStopped(thread) }) {
			return
		}
		time.Sleep(time.Millisecond)
	}
}

// armKill kills a process with SIGKILL, as soon as it has the response to its creation of a code.
func (v *vendor) armKill(_ http.ResponseWriter, r *http.Request) {
	process, _ := strconv.Atoi(r.URL.Query().Get("process"))
	v.mutex.Lock()
	defer v.mutex.Unlock()
	v.kills[r.URL.Query().Get("code")] = process
}

func (v *vendor) customers(code string) []heldVictim {
	v.mutex.Lock()
	defer v.mutex.Unlock()
	return v.held[code]
}

func (v *vendor) find(w http.ResponseWriter, r *http.Request) {
	code, reference := r.URL.Query().Get("customerCode"), ""
	if strings.HasPrefix(code, victim) {
		made := v.customers(code)
		if len(made) == 0 {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusNotFound)
			_, _ = io.WriteString(w, `{"status":"FAIL","errorCode":"ENTITY_DOES_NOT_EXISTS_EXCEPTION","message":"Customer with code `+code+` does not exist"}`)
			return
		}
		reference = `"externalRef1":"` + made[0].Reference + `",`
	}
	answer(w, strings.NewReplacer("$CODE", code, "$REFERENCE", reference).Replace(heldCustomer))
}

func answer(w http.ResponseWriter, body string) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, body)
}

// heldCustomer is Opencell's response to a look-up of a customer.
const heldCustomer = `{"actionStatus":{"status":"SUCCESS","message":""},"customer":{"code":"$CODE",$REFERENCE"description":"John Smith",` +
	`"name":{"title":"MR","firstName":"John","lastName":"Smith"},` +
	`"address":{"address1":"673 Eugene Points","zipCode":"92136","city":"New Taryn","country":"FR"},` +
	`"contactInformation":{"email":"qa@example.com","mobile":"+33123546789"},"customerCategory":"CLIENT","isCompany":false,"seller":"MAIN_SELLER",` +
	`"customerAccounts":{"customerAccount":[{"code":"$CODE","customer":"$CODE","currency":"EUR","language":"FRA","status":"ACTIVE",` +
	`"billingAccounts":{"billingAccount":[{"code":"$CODE","customerAccount":"$CODE","billingCycle":"BC_MONTHLY_1ST","country":"FR","language":"FRA",` +
	`"userAccounts":{"userAccount":[{"code":"$CODE","billingAccount":"$CODE"}]}}]}}]}}}`
