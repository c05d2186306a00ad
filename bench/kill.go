package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"sync"
	"time"
)

// patience is how long a caller repeats a request after a kill.
const patience = time.Minute

// killAll kills each durable subject with SIGKILL when it has the vendor's response to a creation
// and has not recorded it. Then it starts the subject again, and repeats the request until it
// succeeds. killAll returns the fate of the creation by the subject's name.
func killAll(ctx context.Context, stage *stage, vendor string, subjects []*subject) (map[string]string, error) {
	fates := map[string]string{}
	var group sync.WaitGroup
	var mutex sync.Mutex
	var failure error
	for i, s := range subjects {
		if s.file == "" && s.server == nil {
			continue
		}
		if s.commands[0].ProcessState != nil { // it was stopped
			if err := stage.restart(ctx, s); err != nil {
				return nil, err
			}
		}
		group.Go(func() {
			text, err := kill(ctx, stage, vendor, s, fmt.Sprint(victim, i))
			mutex.Lock()
			defer mutex.Unlock()
			fates[s.name] = text
			if err != nil && failure == nil {
				failure = fmt.Errorf("%s: %w", s.name, err)
			}
		})
	}
	group.Wait()
	return fates, failure
}

func kill(ctx context.Context, stage *stage, vendor string, s *subject, code string) (string, error) {
	clients, err := grpcClients(s.grpc)
	if err != nil {
		return "", err
	}
	arm := fmt.Sprintf("%s/kill?code=%s&process=%d", vendor, code, s.commands[0].Process.Pid)
	if _, err := fetch(ctx, http.MethodPost, arm); err != nil {
		return "", err
	}
	request := sample(newCustomer.Add(1))
	request.Customer.Id = code
	creates := func() error {
		ctx, cancel := context.WithTimeout(authorized(ctx), patience)
		defer cancel()
		_, err := clients[0].CreateCustomer(ctx, request)
		return err
	}
	if err := creates(); err == nil {
		return "", fmt.Errorf("the creation succeeded, and the process should have ended in it")
	}
	_ = s.commands[0].Wait()
	if err := stage.restart(ctx, s); err != nil {
		return "", err
	}
	began, outcome := time.Now(), ""
	for outcome == "" {
		switch err := creates(); {
		case err == nil:
			outcome = fmt.Sprintf("success after %.1f s", time.Since(began).Seconds())
		case time.Since(began) > patience:
			_, _ = fmt.Fprintf(os.Stderr, "%s, after the kill: %v\n", s.name, err)
			outcome = "unknown for good"
		default:
			time.Sleep(100 * time.Millisecond)
		}
	}
	text, err := fetch(ctx, http.MethodGet, vendor+"/customers?code="+code)
	if err != nil {
		return "", err
	}
	customers, err := strconv.Atoi(string(text))
	return count(customers, "customer") + ", " + outcome, err
}
