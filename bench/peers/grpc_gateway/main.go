// The peer of bench/: Debian's grpc-gateway in front of customer-svc, `peer LISTEN SERVICE`.
package main

import (
	"context"
	"log"
	"net/http"
	"os"

	customer "clientele/customer/v1"

	"github.com/grpc-ecosystem/grpc-gateway/runtime"
	"google.golang.org/grpc"
)

func main() {
	mux := runtime.NewServeMux()
	if err := customer.RegisterCustomerServiceHandlerFromEndpoint(context.Background(), mux, os.Args[2],
		[]grpc.DialOption{grpc.WithInsecure()}); err != nil {
		log.Fatal(err)
	}
	log.Fatal(http.ListenAndServe(os.Args[1], mux))
}
